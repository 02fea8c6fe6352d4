"""Playlists of a film as somebody who watches it gets them, with links that end when the film does (RFC 8216)."""

from math import ceil
from typing import Any

from lyceum.kit.aws import links
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.http import exchange
from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.kit.identity import Principal
from lyceum.model.content.uploads import Upload

from functions.content.uploads import file_store
from functions.content.videos import films
from functions.content.videos.schemas import StreamQuery

_SPARE_SECONDS = 900


def playlist(caller: Principal, video_id: str, query: StreamQuery, answer: AnswerHeaders) -> str:
    """Return a playlist of a film (2 requests at the most, and one of storage's for a rendition).

    Raises Conflict WRONG_STATE while the film can not be watched, NotFound for a rendition that it does not have, and
    as `films.watchable` does.
    """
    upload = films.watchable(caller, video_id)
    if upload.state != "ready":
        raise Conflict("The film is not ready.", code="WRONG_STATE")
    stream: dict[str, Any] = upload.stream
    lifetime = int(stream["seconds"]) + _SPARE_SECONDS
    if query.captions is not None:
        return _captions(upload, query.captions)
    if query.rendition is None:
        return _master(stream["renditions"], upload.captions)
    if query.rendition == "thumbnails":
        answer.headers["Content-Type"] = "text/vtt; charset=utf-8"
        return _thumbnails(stream, lifetime)
    return _media(stream["renditions"], query.rendition, lifetime)


def _media(renditions: list[dict[str, Any]], name: str, lifetime: int) -> str:
    """Put links into the playlist of a rendition, one for all segments of a piece."""
    rendition = next((each for each in renditions if each["name"] == name), None)
    if rendition is None:
        raise NotFound("The film has no such rendition.")
    text = file_store.read_text(rendition["playlist"])
    for number, piece in enumerate(rendition["pieces"]):
        text = text.replace(f"{{{number}}}", links.link(piece["key"], lifetime))
    return text


def _captions(upload: Upload, language: str) -> str:
    """Return the media playlist of captions: one segment of WebVTT for the whole film (RFC 8216, 3.5)."""
    if language not in upload.captions:
        raise NotFound("The film has no such captions.")
    seconds = float(upload.stream["seconds"])
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{ceil(seconds)}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    return "\n".join([*lines, f"#EXTINF:{seconds:.3f},", f"captions/{language}", "#EXT-X-ENDLIST", ""])


def _master(renditions: list[dict[str, Any]], captions: dict[str, Any]) -> str:
    """List the renditions from the smallest: first the sound alone, so that a slow line begins at once (4.3.4).

    Who sends `Save-Data: on` gets the smallest picture and no larger one.
    """
    sound = next((each for each in renditions if each["name"] == "audio"), None)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound:
        group = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="1"'
        lines.append(f'{group},URI="stream?rendition=audio"')
    lines += [_captions_group(language, each["label"]) for language, each in sorted(captions.items())]
    lines += _variant(sound, None, has_captions=bool(captions)) if sound else []
    pictures = sorted((each for each in renditions if each is not sound), key=lambda each: int(each["bandwidth"]))
    for each in pictures[: 1 if exchange.saves_data() else None]:
        lines += _variant(each, sound, has_captions=bool(captions))
    return "\n".join([*lines, ""])


def _captions_group(language: str, label: str) -> str:
    about = f'GROUP-ID="captions",NAME="{label}",LANGUAGE="{language}",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO'
    return f'#EXT-X-MEDIA:TYPE=SUBTITLES,{about},URI="stream?captions={language}"'


def _variant(rendition: dict[str, Any], sound: dict[str, Any] | None, *, has_captions: bool) -> list[str]:
    """Write a rendition with the sound that is heard to it."""
    together = [rendition, sound] if sound else [rendition]
    has_sound = sound is not None or rendition["name"] == "audio"
    attributes = [
        f"BANDWIDTH={sum(each['bandwidth'] for each in together)}",
        f"AVERAGE-BANDWIDTH={sum(each['average_bandwidth'] for each in together)}",
        f'CODECS="{",".join(each["codec"] for each in together)}"',
        *([f"RESOLUTION={rendition['width']}x{rendition['height']}"] if rendition.get("width") else []),
        *(['AUDIO="audio"'] if has_sound else []),
        *(['SUBTITLES="captions"'] if has_captions else []),
    ]
    return [f"#EXT-X-STREAM-INF:{','.join(attributes)}", f"stream?rendition={rendition['name']}"]


def _thumbnails(stream: dict[str, Any], lifetime: int) -> str:
    """Write a cue for each picture, which names its place on its sheet (WebVTT; Media Fragments 1.0, 4.2.2)."""
    (width, height), columns, interval = stream["cell"], stream["columns"], stream["interval"]
    cues = ["WEBVTT", ""]
    for number, key in enumerate(stream["sheets"]):
        start, link = number * stream["piece_seconds"], links.link(key, lifetime)
        is_last = number + 1 == len(stream["sheets"])
        end = stream["seconds"] if is_last else start + stream["piece_seconds"]
        for place in range(columns**2):
            begins = start + place * interval
            if begins >= end:
                break
            row, column = divmod(place, columns)
            ends = min(begins + interval, end)
            area = f"{column * width},{row * height},{width},{height}"
            cues += [f"{_clock(begins)} --> {_clock(ends)}", f"{link}#xywh={area}", ""]
    return "\n".join(cues)


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"
