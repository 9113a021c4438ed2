/** The live plan: everything that needs Yjs. Imported lazily, while the person waits. */
export { bindText, type BindingOptions, type TextField } from "./binding.ts";
export { type CardView, PlanDocument, type StepView } from "./cards.ts";
export * from "./outline.ts";
export {
  PlanProvider,
  type PlanState,
  type RemoteCursor,
  type SaveWord,
  type UnsavedText,
} from "./provider.ts";
