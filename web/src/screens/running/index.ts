/** What a family's phone never shows: loaded with the laptop's room, or for those who run the meeting. */

import "../../style/wide.css";

export { default as Course } from "./Course.svelte";
export { default as Deeds } from "./Deeds.svelte";
export { default as PersonDeeds } from "./PersonDeeds.svelte";
export { default as Proposing } from "./Proposing.svelte";
export { default as Removed } from "./Removed.svelte";
export { default as Settle } from "./Settle.svelte";
export { default as WaitingPanel } from "./WaitingPanel.svelte";
export { default as WideRoom } from "./WideRoom.svelte";
