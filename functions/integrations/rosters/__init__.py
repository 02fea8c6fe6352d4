"""OneRoster 1.2: rosters for other systems to read (1EdTech OneRoster 1.2 Rostering Service, REST)."""
