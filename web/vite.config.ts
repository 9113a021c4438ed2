import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** Two pages, `/j` and `/app`; the server puts the built files under `/assets/` and finds them by the manifest. */
export default defineConfig({
  base: "/assets/",
  plugins: [svelte()],
  build: {
    outDir: "dist",
    assetsDir: "",
    manifest: true,
    modulePreload: { polyfill: false },
    target: ["chrome100", "firefox102", "safari15.4"],
    assetsInlineLimit: 0,
    rolldownOptions: { input: { join: "src/main-join.ts", staff: "src/main-staff.ts" } },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
