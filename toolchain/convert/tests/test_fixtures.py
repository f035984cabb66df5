from pathlib import Path

from linnet_convert import fixtures

STORED = Path(__file__).resolve().parents[3] / "Tests/LinnetRuntimeTests/Fixtures"


def test_the_stored_golden_vectors_are_what_the_reference_makes(tmp_path):
    fixtures.write(str(tmp_path))
    names = sorted(p.name for p in STORED.iterdir())
    assert names == sorted(p.name for p in tmp_path.iterdir()) and len(names) >= 60
    assert all((tmp_path / name).read_bytes() == (STORED / name).read_bytes() for name in names)
    assert sum(p.stat().st_size for p in STORED.iterdir()) < 400_000
