"""What a run says of a condition as soon as it is done."""

import shutil

from support.small_runs import SUITE, run, write_recordings

ELSEWHERE = (
    '[[condition]]\ncodec = "elsewhere"\ndecoded = "decoded"\nkbps = 96\nsample_rate = 16000\n'
)


def test_decoded_audio_has_the_stated_bitrate_and_not_that_of_its_samples(
    tmp_path, monkeypatch, capsys
):
    write_recordings(tmp_path / "speech")
    shutil.copytree(tmp_path / "speech", tmp_path / "decoded")
    (tmp_path / "s.toml").write_text(SUITE + ELSEWHERE)
    monkeypatch.chdir(tmp_path)
    run("s.toml", "--items", "speech")
    told = capsys.readouterr().out.splitlines()
    (line,) = (line for line in told if line.startswith("elsewhere-96: 2/2 items"))
    assert "2/2 items, 96 kbit/s stated" in line
    assert "256" not in line
    assert any(line.startswith("pcm: 2/2 items, 256.00 kbit/s") for line in told)
