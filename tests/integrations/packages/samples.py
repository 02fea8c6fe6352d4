"""Packages as authoring tools write them, made here."""

from tests.content.samples import package

PAGE = b"<!DOCTYPE html><html><head><title>Unit</title></head><body><script src='unit.js'></script></body></html>"
SCORM_12 = b"""<?xml version="1.0"?>
<manifest identifier="m" version="1.1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
 <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
 <organizations default="o"><organization identifier="o"><title>Cells</title>
  <item identifier="i1" identifierref="r1"><title>The cell wall</title>
   <adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>level=2</adlcp:datafromlms></item>
  <item identifier="i2" identifierref="r2" parameters="?part=2"><title>The nucleus</title></item>
 </organization></organizations>
 <resources><resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="one/index.html"/>
  <resource identifier="r2" type="webcontent" adlcp:scormtype="sco" href="two/index.html"/></resources>
</manifest>"""
SCORM_2004 = b"""<?xml version="1.0"?>
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
 <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
 <organizations default="o"><organization identifier="o"><title>Cells</title>
  <item identifier="i1" identifierref="r1"><title>The cell wall</title>
   <adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.75"/>
   <imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true">
    <imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>
   </imsss:sequencing></item></organization></organizations>
 <resources><resource identifier="r1" type="webcontent" adlcp:scormType="sco" href="one/index.html"/></resources>
</manifest>"""
CMI5 = """<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
 <course id="https://school.org/cells"><title><langstring lang="en">Cells</langstring></title></course>
 <au id="https://school.org/cells/wall" moveOn="{moves_on}" masteryScore="0.8">
  <title><langstring lang="en">The cell wall</langstring></title>
  <url>{url}</url><launchParameters>level=2</launchParameters></au>
</courseStructure>"""
PAGES = {"one/index.html": PAGE, "one/unit.js": b"0", "two/index.html": PAGE}


def scorm_12(**more: bytes) -> bytes:
    """Return a package of SCORM 1.2 with two units."""
    return package({"imsmanifest.xml": SCORM_12, **PAGES, **more})


def scorm_2004(manifest: bytes = SCORM_2004) -> bytes:
    """Return a package of SCORM 2004 with one unit."""
    return package({"imsmanifest.xml": manifest, **PAGES})


def cmi5(moves_on: str = "CompletedAndPassed", url: str = "one/index.html?part=1") -> bytes:
    """Return a package of cmi5 with one unit."""
    return package({"cmi5.xml": CMI5.format(moves_on=moves_on, url=url).encode(), **PAGES})
