import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** Two pages, `/j` and `/app`; the server puts the built files under `/assets/` and finds them by the manifest. */
export default defineConfig({
  base: "/assets/",
  plugins: [svelte()],
  // What Yjs says goes to the console; the logger of lib0 would bring its DOM and schema code along.
  resolve: { alias: { "lib0/logging": fileURLToPath(new URL("src/live/plan/console.ts", import.meta.url)) } },
  build: {
    outDir: "dist",
    assetsDir: "",
    manifest: true,
    modulePreload: { polyfill: false },
    // ES2022 is what Chrome 100, Firefox 102 and Safari 15.4 run; naming them would turn every #private into a WeakMap.
    target: "es2022",
    cssTarget: ["chrome100", "firefox102", "safari15.4"],
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { join: "src/main-join.ts", staff: "src/main-staff.ts" },
      // Few larger files compress better than many small ones, and what both pages share is fetched once.
      output: {
        codeSplitting: {
          groups: [
            { name: "shared", test: /node_modules\/(svelte|esm-env|clsx)\/|src\/(ui\/(?!more_icons|Sheet|media_query)|live\/(?!staff_api)[a-z_]+\.ts|i18n\/(locale|format|gen\/(ui|join)\.ts$)|screens\/(join\/(join\.model|SelfView|LevelBars|SoundTest)|live|office|language))/ },
            { name: "plan", test: /node_modules\/(yjs|lib0|y-protocols)\/|src\/live\/plan\// },
            { name: "room", test: /src\/screens\/(room\/(?!MoreSheet)|plan|decision|ask|running\.ts)|src\/i18n\/gen\/(room|plan|decide)\.ts$/ },
          ],
        },
      },
    },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
