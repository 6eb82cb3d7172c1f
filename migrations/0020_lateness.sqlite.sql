PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, '''multiple'', ''tier''', '''multiple'', ''tier'', ''late'', ''late-months''') WHERE type = 'table' AND name = 'fee_rule';

PRAGMA writable_schema = RESET;
