// What is rejected in files of every kind. `reason` is what the owner reads; `kind` is the kind of file that is scanned.

rule eicar_test_file
{
    meta:
        reason = "The file holds a virus signature."
    strings:
        $signature = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
        $file = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    condition:
        $file at 0 or (kind != "text" and $signature)
}

rule windows_program
{
    meta:
        reason = "The file hides a program."
    strings:
        $program = /MZ.{62,200}This program cannot be run in DOS mode/s
    condition:
        kind != "text" and $program
}

rule program_in_a_member
{
    meta:
        reason = "The file hides a program."
    condition:
        kind == "member" and (
            uint16(0) == 0x5A4D or uint32(0) == 0x464C457F or uint32be(0) == 0xFEEDFACF or
            uint32be(0) == 0xCFFAEDFE or uint32be(0) == 0xCAFEBABE
        )
}

rule office_macros
{
    meta:
        reason = "The file holds office macros."
    strings:
        $project = "vbaProject.bin" nocase
        $ole = { D0 CF 11 E0 A1 B1 1A E1 }
        $vba = "_VBA_PROJECT" wide
        $autorun = /\b(Auto_?Open|Document_Open|Workbook_Open)\b/ nocase
    condition:
        kind != "text" and ($project or ($ole and ($vba or $autorun)))
}

rule server_script
{
    meta:
        reason = "The file hides a script."
    strings:
        $php = /<\?php\s[^\x00]{0,2000}\b(eval|assert|system|exec|passthru|shell_exec|base64_decode)\s*\(/ nocase
        $jsp = "Runtime.getRuntime().exec("
        $asp = /<%[^%]{0,500}\b(eval|execute)\s*\(?\s*request/ nocase
    condition:
        kind != "text" and any of them
}

rule archive_in_a_recording_or_document
{
    meta:
        reason = "The file hides an archive."
    strings:
        $end = { 50 4B 05 06 00 00 00 00 }
        $start = { 50 4B 03 04 (0A | 14 | 2D) 00 }
    condition:
        (kind == "document" or kind == "audio" or kind == "video") and $start and
        for any i in (1..#end) : (@end[i] > filesize - 66000)
}

rule document_in_a_recording
{
    meta:
        reason = "The file hides a PDF document."
    strings:
        $pdf = /%PDF-[12]\.\d/
    condition:
        (kind == "audio" or kind == "video" or kind == "package") and $pdf in (0..1024)
}

rule late_pdf_header
{
    meta:
        reason = "The file hides something in front of the document."
    condition:
        kind == "document" and uint32be(0) != 0x25504446
}

rule web_page_in_a_recording
{
    meta:
        reason = "The file hides a script."
    strings:
        $page = /<(html|script|svg)[\s\/>]/ nocase
    condition:
        (kind == "audio" or kind == "video") and $page in (0..4096)
}
