"""Backbones trained elsewhere become `.linnet` models: readers, passes, packing, writer and a reference interpreter."""
