"""The default backbone: EfficientNet-Lite0 from its float weights, quantised with free photographs."""
