"""The shared live plan: frames, inspection, the durable log and the engine that reads documents."""
