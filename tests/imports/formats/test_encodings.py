# ruff: noqa: RUF001 - items and signs are written as they stand in files
"""A text is read in the encoding that it is in: by its mark, by proof, or by what is the least odd."""

from pathlib import Path

import pytest

from functions.imports.formats import reader
from functions.imports.syntax.encodings import NAMES, encoding_of
from functions.imports.syntax.limits import Unreadable

TEXTS = {
    "ru": "Как называется столица России? {=Москва ~Казань}\n",
    "uk": "Яка столиця України? Її назва {=Київ ~Львів}\n",
    "el": "Ποια είναι η πρωτεύουσα της Ελλάδας; {=Αθήνα ~Πάτρα}\n",
    "ar": "ما هي عاصمة مصر؟ {=القاهرة ~الإسكندرية}\n",
    "hi": "भारत की राजधानी क्या है? {=दिल्ली ~मुंबई}\n",
    "yo": "Kí ni olú-ìlú Nàìjíríà? Ọ̀rọ̀ {=Àbújá ~Èkó}\n",
    "zh": "中国的首都是哪个城市? {=北京 ~上海}\n",
    "tw": "中國的首都是哪個城市？ {=北京 ~上海}\n",
    "ja": "日本の首都はどこですか? {=東京 ~大阪}\n",
    "ko": "한국의 수도는 어디입니까? {=서울 ~부산}\n",
    "de": "Größe für Übung schön {=ja ~nein}\n",
    "fr": "Quelle est la capitale de l'été ? {=Œuvre ~Noël}\n",
    "pl": "Jaka jest największa rzeka Łódź żółć? {=Wisła ~Odra}\n",
    "tr": "Türkiye'nin başkenti hangi şehirdir, ığüşöç? {=Ankara ~İzmir}\n",
    "en": "It costs £5 or 5 € at 20 °C {=“yes” ~no}\n",
}


def stem(path: Path) -> str:
    (draft,) = reader.read(path, "gift", {}).drafts
    return str(draft.question["stem"])


@pytest.mark.parametrize("written", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_wide_texts_without_a_mark_are_proved_in_every_script(tmp_path: Path, text: str, written: str) -> None:
    (tmp_path / "a").write_bytes(text.encode(written))
    found = encoding_of(tmp_path / "a")
    assert (found.name, found.confidence) == (written, 1)
    assert stem(tmp_path / "a") == text.partition("{")[0].strip()


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "cp866"), ("uk", "cp1251"), ("el", "cp1253"), ("el", "iso8859-7"),
        ("ar", "cp1256"), ("zh", "gb18030"), ("tw", "big5"), ("ja", "shift_jis"), ("ja", "euc-jp"), ("ko", "euc-kr"),
        ("de", "cp1252"), ("de", "mac-roman"), ("de", "cp850"), ("fr", "cp1252"), ("fr", "mac-roman"),
        ("pl", "cp1250"), ("pl", "iso8859-2"), ("tr", "cp1254"), ("en", "cp1252"),
    ],
)  # fmt: skip
def test_a_few_words_tell_their_encoding(tmp_path: Path, language: str, written: str) -> None:
    text = TEXTS[language]
    (tmp_path / "a").write_bytes(text.encode(written))
    found = encoding_of(tmp_path / "a")
    assert text.encode(written).decode(found.name) == text
    assert 0 <= found.confidence < 1 and found.sample and found.name in NAMES


SENTENCES = {
    "cs": "Která z následujících řek protéká Prahou? Žádný učitel neřekl, že příklad je těžký.",
    "hu": "Melyik folyó szeli ketté Budapestet? A tanító szerint az őszi időjárás hűvös.",
    "pl": "Która rzeka płynie przez Kraków? Następująca odpowiedź jest błędna.",
    "is": "Hvaða á rennur í gegnum höfuðborgina? Þetta er stærsti jökull á Íslandi.",
    "tr": "Aşağıdakilerden hangisi doğrudur? İstanbul'un en büyük ilçesi nedir?",
    "ar": "ما هي عاصمة مصر؟ اختر الإجابة الصحيحة من بين الخيارات التالية.",
    "fa": "پایتخت ایران کجاست؟",
    "he": "מהי בירת ישראל? בחר את התשובה הנכונה מבין האפשרויות הבאות.",
    "ru": "Какая река протекает через Москву? Выберите правильный ответ.",
    "uk": "Яка річка протікає через Київ? Виберіть правильну відповідь.",
    "lt": "Kuri upė teka per Vilnių? Pasirinkite teisingą atsakymą.",
    "lv": "Kura upe tek caur Rīgu? Šķēršļi ceļā uz skolu bija lieli, saka ģimene.",
    "et": "Milline jõgi voolab läbi Tartu? Õpetaja küsis, kas see on õige.",
    "ro": "Care râu trece prin Bucureşti? Alegeţi răspunsul corect.",
    "th": "แม่น้ำสายใดไหลผ่านกรุงเทพมหานคร เลือกคำตอบที่ถูกต้อง",
    "hr": "Koja rijeka protječe kroz Zagreb? Učitelj je rekao da je žaba skočila.",
    "pt": "Qual é a capital de Portugal? A questão não está correta. Coração, lições.",
    "es": "¿Cuál es la capital de España? ¡Qué fácil! El niño comió una manzana.",
    "sv": "Vilken å rinner genom staden? Är svaret rätt? Öga, åtta, hälsa.",
    "ga": "Cad é príomhchathair na hÉireann? Tá an freagra ceart.",
}


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("cs", "cp1250"), ("cs", "iso8859-2"), ("cs", "cp852"), ("hu", "cp1250"), ("hu", "iso8859-2"), ("hu", "cp852"),
        ("pl", "cp1250"), ("pl", "iso8859-2"), ("pl", "cp852"), ("is", "cp1252"), ("is", "iso8859-1"), ("tr", "cp1254"),
        ("tr", "iso8859-9"), ("tr", "cp857"), ("ar", "cp1256"), ("ar", "iso8859-6"), ("fa", "cp1256"), ("he", "cp1255"),
        ("he", "iso8859-8"), ("ru", "iso8859-5"), ("ru", "koi8-r"), ("uk", "koi8-u"), ("lt", "cp1257"),
        ("lv", "iso8859-13"), ("et", "cp1257"), ("et", "cp1252"), ("ro", "cp1250"), ("th", "cp874"), ("hr", "cp1250"),
        ("pt", "cp1252"), ("es", "cp850"), ("sv", "cp1252"), ("ga", "iso8859-1"),
    ],
)  # fmt: skip
def test_files_of_many_languages_are_read_or_told_as_unsure(tmp_path: Path, language: str, written: str) -> None:
    data = SENTENCES[language].encode(written, "ignore")
    (tmp_path / "a").write_bytes(data)
    found = encoding_of(tmp_path / "a")
    assert (data.decode(found.name), found.confidence > 0) == (data.decode(written), True)
    assert encoding_of(tmp_path / "a", written).sample


def test_a_text_of_letters_and_marks_apart_is_read(tmp_path: Path) -> None:
    text = "Thu\u0309 đô cu\u0309a Viê\u0323t Nam la\u0300 gi\u0300? Câu tra\u0309 lơ\u0300i na\u0300o đu\u0301ng?"
    (tmp_path / "a").write_bytes(text.encode("cp1258"))
    assert encoding_of(tmp_path / "a").name == "cp1258"


def test_words_that_fit_two_encodings_are_told_as_unsure(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("Jaké je město? {T}".encode("cp1250"))
    assert encoding_of(tmp_path / "a").confidence == 0
    assert encoding_of(tmp_path / "a", "cp1250").sample.startswith("Jaké je město")


@pytest.mark.parametrize(
    "text", [b"Gr\xc3\xb6\xc3\x9fe {T}\n\nstray \xff {T}\n", b"\xe2\x82\xac {T}\n\nstray \xe9 {T}\n"]
)
def test_one_stray_byte_beside_few_others_names_its_line(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a").write_bytes(text)
    with pytest.raises(Unreadable, match=r"^Line 3 "):
        encoding_of(tmp_path / "a")


@pytest.mark.parametrize("data", [b"stem,correct\n" + b"x" * 2000 + b"\0,true\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"])
def test_bytes_of_zeros_are_no_text(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(Unreadable, match="no text"):
        encoding_of(tmp_path / "a")
