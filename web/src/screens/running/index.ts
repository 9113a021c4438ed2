/** What a family's phone never shows: loaded with the laptop's room, or for those who run the meeting. */

import "../../style/wide.css";

export { default as AgencyForm } from "./AgencyForm.svelte";
export { default as Composer } from "./Composer.svelte";
export { default as PersonDeeds } from "./PersonDeeds.svelte";
export { default as Removed } from "./Removed.svelte";
export { default as Settle } from "./Settle.svelte";
export { default as Stepper } from "./Stepper.svelte";
export { default as WaitingPanel } from "./WaitingPanel.svelte";
