"""The domain of Hearth: family team meetings as pure values. No clock, chance, network or storage here."""
