"""The programme: model, presets, versions."""
