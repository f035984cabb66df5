"""Linnet beside other engines: `toolchain/bench/compare`."""
