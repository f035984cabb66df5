import json

import numpy as np
import pytest
from PIL import Image

from linnet_convert import preprocessing
from linnet_convert.errors import ConversionError
from linnet_convert.graph import Quantisation, Tensor
from linnet_convert.pictures import pixels, tensor


def test_the_default_makes_pixel_minus_128_the_code():
    for scale, zero_point in ((1 / 128, -1), (1 / 255, -128), (0.0186, -14)):
        quantisation = Quantisation(np.float32(scale), zero_point)
        recipe = preprocessing.default(Tensor("x", (8, 8, 3), quantisation))
        for pixel in (0, 1, 100, 255):
            assert quantisation.code((pixel - recipe.mean[0]) / recipe.deviation[0]) == pixel - 128


def test_no_picture_no_recipe():
    assert preprocessing.default(Tensor("x", (8, 8, 1), Quantisation(np.float32(1), 0))) is None


def test_options_stand_above_the_file(tmp_path):
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps({"mean": [1, 2, 3], "crop": 0.5, "order": "BGR"}))
    recipe = preprocessing.with_values(preprocessing.Preprocessing(), preprocessing.read(str(path)), str(path))
    recipe = preprocessing.with_values(recipe, {"mean": "9", "fit": "stretch"}, "the command line")
    assert recipe.mean == (9, 9, 9) and recipe.order == "BGR" and "crop" not in recipe.described()


@pytest.mark.parametrize("values", [
    {"crop": 0}, {"crop": 1.5}, {"crop": "much"}, {"fit": "squeeze"}, {"filter": "nearest"}, {"mean": "1,2"},
    {"mean": "a"}, {"deviation": 0}, {"deviation": [1, -1, 1]}, {"order": "GBR"}, {"colour": 1}, {"mean": None}])
def test_wrong_values_are_usage_errors(values):
    with pytest.raises(ConversionError) as caught:
        preprocessing.with_values(preprocessing.Preprocessing(), values, "recipe.json")
    assert caught.value.code == 64 and "recipe.json" in str(caught.value)


def test_the_part_of_a_picture(tmp_path):
    path = str(tmp_path / "p.png")
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[5:35, 15:45, 2] = 200
    Image.fromarray(picture).save(path)
    inside = pixels(path, preprocessing.Preprocessing(crop=0.75), (10, 10))
    assert inside.shape == (10, 10, 3) and (inside[:, :, 2] == 200).all()
    assert (pixels(path, preprocessing.Preprocessing(crop=0.75, order="BGR"), (10, 10))[:, :, 0] == 200).all()
    assert pixels(path, preprocessing.Preprocessing(fit="stretch"), (4, 10))[0, 0, 2] == 0
    recipe = preprocessing.Preprocessing(crop=0.75, mean=(0, 0, 100), deviation=(1, 1, 50))
    assert tensor(path, recipe, (10, 10))[0, 0].tolist() == [0, 0, 2]
