"""Codes of languages: BCP 47 (RFC 5646), such as en, de-CH, zh-Hant, yue or x-mine.

A code is well formed, and its first part, the language, is assigned: two letters are those of ISO
639-1; a language that has two is not called by three. Other three letters (ISO 639-3 has
thousands), scripts and regions are held against their form alone.
"""

import re

# ISO 639-1, each with the three letters that ISO 639-2 and 639-3 have for it (bibliographic ones of
# 639-2 after a stroke)
_ASSIGNED = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel
bg:bul bi:bis bm:bam bn:ben bo:bod/tib br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces/cze
cu:chu cv:chv cy:cym/wel da:dan de:deu/ger dv:div dz:dzo ee:ewe el:ell/gre en:eng eo:epo es:spa
et:est eu:eus/baq fa:fas/per ff:ful fi:fin fj:fij fo:fao fr:fra/fre fy:fry ga:gle gd:gla gl:glg
gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye/arm hz:her ia:ina
id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl/ice it:ita iu:iku ja:jpn jv:jav ka:kat/geo kg:kon
ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat
lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri/mao mk:mkd/mac ml:mal
mn:mon mr:mar ms:msa/may mt:mlt my:mya/bur na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld/dut nn:nno
no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli pl:pol ps:pus pt:por
qu:que rm:roh rn:run ro:ron/rum ru:rus rw:kin sa:san sc:srd sd:snd se:sme sg:sag sh:hbs si:sin
sk:slk/slo sl:slv sm:smo sn:sna so:som sq:sqi/alb sr:srp ss:ssw st:sot su:sun sv:swe sw:swa ta:tam
te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig
uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho/chi
zu:zul
"""
_SHORT = {
    long: short
    for short, longs in (pair.split(":") for pair in _ASSIGNED.split())
    for long in longs.split("/")
}
_FORM = re.compile(
    r"x(-[a-z0-9]{1,8})+|"
    r"(?P<language>[a-z]{2,3})(-[a-z]{3}){0,3}"  # the language and its extensions
    r"(-[a-z]{4})?(-([a-z]{2}|\d{3}))?"  # script, region
    r"(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*"  # variants
    r"(-[a-wyz0-9](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?",  # extensions, private use
    re.IGNORECASE | re.ASCII,
)


def fault_of(code: str) -> str:
    """What is wrong with a code of a language, and what is allowed; "" if nothing is."""
    if not (match := _FORM.fullmatch(code)):
        return f"language is {code!r}; allowed are BCP-47 codes such as en or de-CH, and empty"
    language = (match["language"] or "").lower()
    if language in _SHORT:
        return f"language is {code!r}; BCP 47 calls it {_SHORT[language]}"
    if len(language) == 2 and language not in _SHORT.values():
        return f"language is {code!r}; ISO 639-1 has no {language}"
    return ""
