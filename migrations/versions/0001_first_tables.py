"""first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from escalation.trail.models import TRIGGERS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("short_title", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "main",
                "guideline",
                "subject",
                "supplement",
                name="agreementkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parent_code", sa.String(length=20), nullable=True),
        sa.Column("applies_from", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("ladder_key", sa.String(length=40), nullable=False),
        sa.Column("ladder_known", sa.Boolean(), nullable=False),
        sa.Column("are_parties_verified", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'supplement' OR parent_code IS NOT NULL", name=op.f("ck_agreement_supplement_has_parent")
        ),
        sa.ForeignKeyConstraint(["parent_code"], ["agreement.code"], name=op.f("fk_agreement_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agreement")),
        sa.UniqueConstraint("position", name=op.f("uq_agreement_position")),
        sa.UniqueConstraint("short_title", name=op.f("uq_agreement_short_title")),
    )
    op.create_table(
        "body",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "officials",
                "political",
                "secretariat",
                name="bodykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("task", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_body")),
        sa.UniqueConstraint("short_name", name=op.f("uq_body_short_name")),
    )
    op.create_table(
        "counter",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_counter_last_counts_numbers")),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_counter")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_there_is_one_instance")),
        sa.CheckConstraint("is_demo OR offset_days = 0", name=op.f("ck_instance_only_a_demo_has_an_offset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint("finished_at >= started_at", name=op.f("ck_job_run_finishes_after_it_started")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
    )
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.create_index("ix_job_run_job_started_at", ["job", "started_at"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=20), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("body", "held_on", name="uq_meeting_body_and_day"),
    )
    op.create_table(
        "party",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "region",
                "municipality",
                "federation",
                name="partykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("municipality_code", sa.String(length=4), nullable=True),
        sa.Column(
            "principal_side",
            sa.Enum(
                "region",
                "municipal",
                "both",
                name="principalside",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'federation') = (principal_side = 'both')",
            name=op.f("ck_party_federation_is_both_sides"),
        ),
        sa.CheckConstraint(
            "(kind = 'municipality') = (municipality_code IS NOT NULL)",
            name=op.f("ck_party_municipality_has_code"),
        ),
        sa.CheckConstraint(
            "(kind = 'region') = (principal_side = 'region')", name=op.f("ck_party_region_side_is_the_region")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_party")),
        sa.UniqueConstraint("municipality_code", name=op.f("uq_party_municipality_code")),
        sa.UniqueConstraint("name", name=op.f("uq_party_name")),
        sa.UniqueConstraint("position", name=op.f("uq_party_position")),
        sa.UniqueConstraint("short_name", name=op.f("uq_party_short_name")),
    )
    op.create_table(
        "trail_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("masks", sa.Integer(), nullable=True),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(kind = 'payload_masked') = (masks IS NOT NULL)",
            name=op.f("ck_trail_event_mask_names_what_it_masks"),
        ),
        sa.CheckConstraint("masks < seq", name=op.f("ck_trail_event_masks_what_came_before")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_trail_event_seq_starts_at_one")),
        sa.ForeignKeyConstraint(["masks"], ["trail_event.seq"], name=op.f("fk_trail_event_masks")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_trail_event")),
        sa.UniqueConstraint("masks", name=op.f("uq_trail_event_masks")),
    )
    with op.batch_alter_table("trail_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trail_event_about"), ["about"], unique=False)

    op.create_table(
        "trail_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_trail_state_one_row")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_trail_state_size_counts_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_state")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_email_is_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "account_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "set_password", name="tokenpurpose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_account_token_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_token")),
    )
    with op.batch_alter_table("account_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "agreement_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_code", sa.String(length=20), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("bound_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_code"], ["agreement.code"], name=op.f("fk_agreement_party_agreement_code")
        ),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_agreement_party_party_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_party")),
        sa.UniqueConstraint("agreement_code", "party_code", name="uq_agreement_party_once"),
    )
    with op.batch_alter_table("agreement_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_party_party_code"), ["party_code"], unique=False)

    op.create_table(
        "agreement_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_code", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("stated_in_force_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("raw_sha256", sa.String(length=64), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_code"], ["agreement.code"], name=op.f("fk_agreement_version_agreement_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint("agreement_code", "label", name="uq_agreement_version_label"),
    )
    op.create_table(
        "body_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_code", sa.String(length=10), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "region", "municipal", name="blockside", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("composition", sa.String(), nullable=False),
        sa.Column("appointed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["body_code"], ["body.code"], name=op.f("fk_body_block_body_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_block")),
        sa.UniqueConstraint("body_code", "side", name="uq_body_block_side"),
    )
    op.create_table(
        "body_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_alias", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to",
            name=op.f("ck_body_name_in_order"),
        ),
        sa.ForeignKeyConstraint(["body_code"], ["body.code"], name=op.f("fk_body_name_body_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_name")),
        sa.UniqueConstraint("body_code", "name", name="uq_body_name_once"),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "sent",
                "failed",
                "uncertain",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=120), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mail_sent_has_time")),
        sa.CheckConstraint(
            "state <> 'sending' OR claimed_by IS NOT NULL", name=op.f("ck_mail_sending_is_claimed")
        ),
        sa.CheckConstraint(
            "state NOT IN ('failed', 'uncertain') OR last_error IS NOT NULL",
            name=op.f("ck_mail_trouble_is_explained"),
        ),
        sa.CheckConstraint(
            "(claimed_at IS NULL) = (claimed_by IS NULL)", name=op.f("ck_mail_claim_has_time_and_sender")
        ),
        sa.ForeignKeyConstraint(["recipient"], ["user.id"], name=op.f("fk_mail_recipient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
        sa.UniqueConstraint("recipient", "day", name="uq_mail_one_per_person_and_day"),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index("ix_mail_state_next_attempt_at", ["state", "next_attempt_at"], unique=False)

    op.create_table(
        "org_unit",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "district",
                "committee",
                "administration",
                name="orgunitkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("succeeded_by", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "succeeded_by IS NULL OR valid_to IS NOT NULL", name=op.f("ck_org_unit_succeeded_has_ended")
        ),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to",
            name=op.f("ck_org_unit_in_order"),
        ),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_org_unit_party_code")),
        sa.ForeignKeyConstraint(["succeeded_by"], ["org_unit.code"], name=op.f("fk_org_unit_succeeded_by")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_org_unit")),
    )
    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_org_unit_party_code"), ["party_code"], unique=False)

    op.create_table(
        "sign_in_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "signed_in",
                "refused",
                "throttled",
                name="signinoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_log_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_log")),
    )
    with op.batch_alter_table("sign_in_log", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_log_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_log_email_hash_at", ["email_hash", "at"], unique=False)

    op.create_table(
        "trail_payload",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["trail_event.seq"], name=op.f("fk_trail_payload_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_trail_payload")),
    )
    op.create_table(
        "adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("is_date_known", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT is_date_known OR adopted_on IS NOT NULL", name=op.f("ck_adoption_known_date_is_given")
        ),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_adoption_party_code")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_version.id"], name=op.f("fk_adoption_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
        sa.UniqueConstraint("version_id", "party_code", name="uq_adoption_once"),
    )
    op.create_table(
        "interpretation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("agreement_code", sa.String(length=20), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("purpose_and_goals", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("applies_from", sa.Date(), nullable=False),
        sa.Column("applies_until", sa.Date(), nullable=True),
        sa.Column("body", sa.String(length=10), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("minutes_ref", sa.String(length=40), nullable=False),
        sa.Column("rule_result", sa.String(), nullable=True),
        sa.Column("dissent", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "in_force",
                "superseded",
                "revoked",
                "incorporated",
                "under_review",
                name="interpretationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("supersedes", sa.String(length=20), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("source_case", sa.String(length=20), nullable=True),
        sa.Column("publish_due_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("is_secrecy_reviewed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "applies_until IS NULL OR applies_from <= applies_until",
            name=op.f("ck_interpretation_dates_in_order"),
        ),
        sa.CheckConstraint(
            "published_on IS NULL OR is_secrecy_reviewed",
            name=op.f("ck_interpretation_published_is_secrecy_reviewed"),
        ),
        sa.CheckConstraint(
            "published_on IS NULL OR published_on >= decided_on",
            name=op.f("ck_interpretation_decided_then_published"),
        ),
        sa.CheckConstraint("supersedes <> number", name=op.f("ck_interpretation_supersedes_another")),
        sa.ForeignKeyConstraint(
            ["agreement_code"], ["agreement.code"], name=op.f("fk_interpretation_agreement_code")
        ),
        sa.ForeignKeyConstraint(["body"], ["body.code"], name=op.f("fk_interpretation_body")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["interpretation.number"], name=op.f("fk_interpretation_supersedes")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_version.id"], name=op.f("fk_interpretation_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation")),
        sa.UniqueConstraint("number", name=op.f("uq_interpretation_number")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_interpretation_supersedes")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "local_handler",
                "local_approver",
                "party_registrar",
                "party_reader",
                "steering_member",
                "steering_chair",
                "steering_deputy",
                "vis_member",
                "vis_chair",
                "vis_deputy",
                "secretariat",
                "secretariat_head",
                "consultation_member",
                "auditor",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("party_code", sa.String(length=10), nullable=True),
        sa.Column("body", sa.String(length=10), nullable=True),
        sa.Column("unit_code", sa.String(length=20), nullable=True),
        sa.Column(
            "side",
            sa.Enum(
                "region", "municipal", name="blockside", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(role IN ('local_approver', 'local_handler', 'party_reader', 'party_registrar')) = (party_code IS NOT NULL)",
            name=op.f("ck_membership_party_roles_have_party"),
        ),
        sa.CheckConstraint(
            "(role IN ('steering_chair', 'steering_deputy', 'steering_member', 'vis_chair', 'vis_deputy', 'vis_member')) = (body IS NOT NULL)",
            name=op.f("ck_membership_body_roles_have_body"),
        ),
        sa.CheckConstraint(
            "NOT (role IN ('secretariat', 'secretariat_head')) OR side IS NOT NULL",
            name=op.f("ck_membership_secretariat_has_side"),
        ),
        sa.CheckConstraint(
            "side IS NULL OR party_code IS NULL", name=op.f("ck_membership_party_has_no_side")
        ),
        sa.CheckConstraint(
            "unit_code IS NULL OR party_code IS NOT NULL", name=op.f("ck_membership_unit_belongs_to_party")
        ),
        sa.ForeignKeyConstraint(["body"], ["body.code"], name=op.f("fk_membership_body")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_membership_party_code")),
        sa.ForeignKeyConstraint(["unit_code"], ["org_unit.code"], name=op.f("fk_membership_unit_code")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index("ix_membership_body_role", ["body", "role"], unique=False)
        batch_op.create_index("ix_membership_party_code_role", ["party_code", "role"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "provision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=120), nullable=False),
        sa.Column("heading", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("is_commitment", sa.Boolean(), nullable=False),
        sa.Column(
            "duty_bearer",
            sa.Enum(
                "each_party",
                "the_parties",
                "local_parties",
                "the_region",
                "the_municipality",
                "steering_group",
                "storsthlm",
                "storsthlm_and_region",
                name="dutybearer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "is_commitment = (duty_bearer IS NOT NULL)", name=op.f("ck_provision_commitment_has_bearer")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_version.id"], name=op.f("fk_provision_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision")),
        sa.UniqueConstraint("version_id", "code", name="uq_provision_code"),
    )
    op.create_table(
        "case_",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "interpretation",
                "deviation",
                name="casetype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agreement_code", sa.String(length=20), nullable=False),
        sa.Column("agreement_version_id", sa.Integer(), nullable=True),
        sa.Column("citation_place", sa.String(length=120), nullable=True),
        sa.Column("citation_quote", sa.String(), nullable=True),
        sa.Column("citation_source", sa.String(length=300), nullable=True),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("purpose_statement", sa.String(), nullable=False),
        sa.Column("interim_arrangement", sa.String(), nullable=False),
        sa.Column("precedent_answer", sa.String(), nullable=True),
        sa.Column("ladder_key", sa.String(length=40), nullable=False),
        sa.Column("ladder_hash", sa.String(length=64), nullable=False),
        sa.Column("ladder", sa.JSON(), nullable=False),
        sa.Column("ladder_known", sa.Boolean(), nullable=False),
        sa.Column("first_body_step", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "intake",
                "completion",
                "bypass_review",
                "served",
                "dialogue",
                "impasse",
                "received",
                "preparation",
                "scheduled",
                "minuted",
                "recommendation_out",
                "implementation",
                "closed",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("is_principled", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column(
            "closing_reason",
            sa.Enum(
                "settled_local",
                "settled_body",
                "decided_body",
                "interpreted",
                "no_agreement_revision",
                "withdrawn",
                "out_of_scope",
                "joined",
                "lapsed",
                "superseded",
                name="closingreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("filing_token", sa.String(length=40), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step_entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(phase = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_case__closed_has_time")
        ),
        sa.CheckConstraint(
            "(phase = 'closed') = (closing_reason IS NOT NULL)", name=op.f("ck_case__closed_has_reason")
        ),
        sa.CheckConstraint("step >= 1", name=op.f("ck_case__step_starts_at_one")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_case__version_counts_acts")),
        sa.ForeignKeyConstraint(["agreement_code"], ["agreement.code"], name=op.f("fk_case__agreement_code")),
        sa.ForeignKeyConstraint(
            ["agreement_version_id"], ["agreement_version.id"], name=op.f("fk_case__agreement_version_id")
        ),
        sa.ForeignKeyConstraint(["filed_by"], ["membership.id"], name=op.f("fk_case__filed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_")),
        sa.UniqueConstraint("filing_token", name=op.f("uq_case__filing_token")),
        sa.UniqueConstraint("number", name=op.f("uq_case__number")),
    )
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case__agreement_code"), ["agreement_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_case__phase"), ["phase"], unique=False)

    op.create_table(
        "interpretation_provision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interpretation_id", sa.Integer(), nullable=False),
        sa.Column("provision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpretation_id"],
            ["interpretation.id"],
            name=op.f("fk_interpretation_provision_interpretation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provision_id"], ["provision.id"], name=op.f("fk_interpretation_provision_provision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation_provision")),
        sa.UniqueConstraint("interpretation_id", "provision_id", name="uq_interpretation_provision_once"),
    )
    with op.batch_alter_table("interpretation_provision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_interpretation_provision_provision_id"), ["provision_id"], unique=False
        )

    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= created_at", name=op.f("ck_login_session_ends_after_it_began")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_login_session_membership_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "ball",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("deadline_key", sa.String(length=20), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_ball_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ball")),
    )
    with op.batch_alter_table("ball", schema=None) as batch_op:
        batch_op.create_index("ix_ball_case_id_begins_on", ["case_id", "begins_on"], unique=False)

    op.create_table(
        "case_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "initiator",
                "respondent",
                "affected",
                name="partyrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_party_case_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["membership.id"], name=op.f("fk_case_party_handler_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_case_party_party_code")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["membership.id"], name=op.f("fk_case_party_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_party")),
        sa.UniqueConstraint("case_id", "party_code", name="uq_case_party_once"),
    )
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_party_party_code"), ["party_code"], unique=False)

    op.create_table(
        "case_provision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("provision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_provision_case_id")),
        sa.ForeignKeyConstraint(
            ["provision_id"], ["provision.id"], name=op.f("fk_case_provision_provision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_provision")),
        sa.UniqueConstraint("case_id", "provision_id", name="uq_case_provision_once"),
    )
    with op.batch_alter_table("case_provision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_provision_provision_id"), ["provision_id"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=8), nullable=False),
        sa.Column("base_event", sa.String(length=40), nullable=False),
        sa.Column("base_on", sa.Date(), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_deadline_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_case_id_key", ["case_id", "key"], unique=False)

    op.create_table(
        "dialogue_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("agreed", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_dialogue_meeting_case_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_dialogue_meeting_party_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogue_meeting")),
    )
    with op.batch_alter_table("dialogue_meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dialogue_meeting_case_id"), ["case_id"], unique=False)

    op.create_table(
        "joint_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("background", sa.String(), nullable=False),
        sa.Column("agreed_points", sa.String(), nullable=False),
        sa.Column("is_unilateral", sa.Boolean(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_joint_statement_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_statement")),
    )
    with op.batch_alter_table("joint_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joint_statement_case_id"), ["case_id"], unique=False)

    op.create_table(
        "nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "N0", "N3", "N4", "N5", name="nudgekind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recipient", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "attached",
                "sent",
                "suppressed",
                name="nudgestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "passed",
                "no_longer_true",
                "own_act",
                name="whysuppressed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'suppressed') = (reason IS NOT NULL)", name=op.f("ck_nudge_suppressed_has_reason")
        ),
        sa.CheckConstraint(
            "(state IN ('attached', 'sent')) = (mail_id IS NOT NULL)",
            name=op.f("ck_nudge_attached_and_sent_have_mail"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_nudge_case_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_nudge_mail_id")),
        sa.ForeignKeyConstraint(["recipient"], ["user.id"], name=op.f("fk_nudge_recipient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sa.UniqueConstraint(
            "case_id", "round", "subject", "kind", "due_on", "recipient", name="uq_nudge_each_thing_told_once"
        ),
    )
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nudge_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nudge_mail_id"), ["mail_id"], unique=False)
        batch_op.create_index("ix_nudge_state_due_on", ["state", "due_on"], unique=False)

    op.create_table(
        "position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_position_case_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_position_party_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("case_id", "party_code", "version", name="uq_position_version"),
    )
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_position_case_id"), ["case_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "statement",
                "reject",
                "lapse",
                name="proposalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("offered_by_party", sa.String(length=10), nullable=True),
        sa.Column("offered_by_side", sa.String(length=20), nullable=True),
        sa.Column("offered_by", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(offered_by_party IS NULL) <> (offered_by_side IS NULL)",
            name=op.f("ck_proposal_offered_by_party_or_side"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_proposal_case_id")),
        sa.ForeignKeyConstraint(["offered_by"], ["membership.id"], name=op.f("fk_proposal_offered_by")),
        sa.ForeignKeyConstraint(
            ["offered_by_party"], ["party.code"], name=op.f("fk_proposal_offered_by_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_case_id"), ["case_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("obliged_party", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("report", sa.String(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(reported_at IS NULL) = (report IS NULL)", name=op.f("ck_task_reported_has_report")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_task_case_id")),
        sa.ForeignKeyConstraint(["obliged_party"], ["party.code"], name=op.f("fk_task_obliged_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_case_id"), ["case_id"], unique=False)

    op.create_table(
        "treatment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=20), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("rapporteur_region", sa.String(length=120), nullable=False),
        sa.Column("rapporteur_municipal", sa.String(length=120), nullable=False),
        sa.Column("missing_parts", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("proposed_decision", sa.String(), nullable=True),
        sa.Column("alternatives", sa.JSON(), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_off_ground", sa.String(length=40), nullable=True),
        sa.Column("what_is_needed", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(scheduled_at IS NULL) = (question IS NULL)", name=op.f("ck_treatment_scheduled_has_brief")
        ),
        sa.CheckConstraint(
            "(taken_off_at IS NULL) = (taken_off_ground IS NULL)",
            name=op.f("ck_treatment_taken_off_has_ground"),
        ),
        sa.CheckConstraint(
            "taken_off_at IS NULL OR scheduled_at IS NOT NULL",
            name=op.f("ck_treatment_only_scheduled_is_taken_off"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_treatment_case_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_treatment_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment")),
    )
    with op.batch_alter_table("treatment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_treatment_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_treatment_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "recommend",
                "interpret",
                "decide",
                "refer_up",
                "county_routine",
                "deviation_handled",
                "information",
                "remit",
                "revision_ordered",
                "no_concurrence",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("region_line", sa.String(), nullable=False),
        sa.Column("municipal_line", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("purpose_and_goals", sa.String(), nullable=False),
        sa.Column("dissent", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("adjusted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "number IS NULL OR outcome = 'recommend'",
            name=op.f("ck_decision_only_recommendations_are_numbered"),
        ),
        sa.CheckConstraint(
            "outcome <> 'no_concurrence' OR region_line <> municipal_line",
            name=op.f("ck_decision_no_concurrence_has_two_lines"),
        ),
        sa.CheckConstraint(
            "outcome = 'no_concurrence' OR region_line = municipal_line",
            name=op.f("ck_decision_decision_needs_concurring_blocks"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_decision_case_id")),
        sa.ForeignKeyConstraint(["treatment_id"], ["treatment.id"], name=op.f("fk_decision_treatment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("number", name=op.f("uq_decision_number")),
        sa.UniqueConstraint("treatment_id", name=op.f("uq_decision_treatment_id")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_case_id"), ["case_id"], unique=False)

    op.create_table(
        "proposal_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("answered_for", sa.String(length=20), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["membership.id"], name=op.f("fk_proposal_answer_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_answer_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_answer")),
        sa.UniqueConstraint("proposal_id", "answered_for", name="uq_proposal_answer_once"),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("proposal_answer")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_case_id"))

    op.drop_table("decision")
    with op.batch_alter_table("treatment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_treatment_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_treatment_case_id"))

    op.drop_table("treatment")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_case_id"))

    op.drop_table("task")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_case_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_position_case_id"))

    op.drop_table("position")
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.drop_index("ix_nudge_state_due_on")
        batch_op.drop_index(batch_op.f("ix_nudge_mail_id"))
        batch_op.drop_index(batch_op.f("ix_nudge_case_id"))

    op.drop_table("nudge")
    with op.batch_alter_table("joint_statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_joint_statement_case_id"))

    op.drop_table("joint_statement")
    with op.batch_alter_table("dialogue_meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dialogue_meeting_case_id"))

    op.drop_table("dialogue_meeting")
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_case_id_key")

    op.drop_table("deadline")
    with op.batch_alter_table("case_provision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_provision_provision_id"))

    op.drop_table("case_provision")
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_party_party_code"))

    op.drop_table("case_party")
    with op.batch_alter_table("ball", schema=None) as batch_op:
        batch_op.drop_index("ix_ball_case_id_begins_on")

    op.drop_table("ball")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_user_id"))

    op.drop_table("login_session")
    with op.batch_alter_table("interpretation_provision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interpretation_provision_provision_id"))

    op.drop_table("interpretation_provision")
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case__phase"))
        batch_op.drop_index(batch_op.f("ix_case__agreement_code"))

    op.drop_table("case_")
    op.drop_table("provision")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index("ix_membership_party_code_role")
        batch_op.drop_index("ix_membership_body_role")

    op.drop_table("membership")
    op.drop_table("interpretation")
    op.drop_table("adoption")
    op.drop_table("trail_payload")
    with op.batch_alter_table("sign_in_log", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_log_email_hash_at")
        batch_op.drop_index("ix_sign_in_log_address_at")

    op.drop_table("sign_in_log")
    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_org_unit_party_code"))

    op.drop_table("org_unit")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_state_next_attempt_at")

    op.drop_table("mail")
    op.drop_table("body_name")
    op.drop_table("body_block")
    op.drop_table("agreement_version")
    with op.batch_alter_table("agreement_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_party_party_code"))

    op.drop_table("agreement_party")
    with op.batch_alter_table("account_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_token_user_id"))

    op.drop_table("account_token")
    op.drop_table("user")
    op.drop_table("trail_state")
    with op.batch_alter_table("trail_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trail_event_about"))

    op.drop_table("trail_event")
    op.drop_table("party")
    op.drop_table("meeting")
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_index("ix_job_run_job_started_at")

    op.drop_table("job_run")
    op.drop_table("instance")
    op.drop_table("heartbeat")
    op.drop_table("counter")
    op.drop_table("body")
    op.drop_table("agreement")
