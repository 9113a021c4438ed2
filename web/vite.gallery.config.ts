import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** The gallery of screens: for looking and for axe, never part of what is shipped. */
export default defineConfig({
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: "../artefacts/gallery",
    emptyOutDir: true,
    target: "chrome120",
    rolldownOptions: { input: "gallery.html" },
  },
});
