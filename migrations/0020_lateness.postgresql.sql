ALTER TABLE "fee_rule" DROP CONSTRAINT "fee_rule_kind_check";

ALTER TABLE "fee_rule" ADD CONSTRAINT "fee_rule_kind_check" CHECK (kind IN ('flat', 'per-unit', 'share', 'multiple', 'tier', 'late', 'late-months'));
