"""The house: inbox, outbox, roster, desk, and the local page's transcript."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_files")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("conversation", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'leased', 'done', 'failed')", name=op.f("ck_inbox_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "service", "tenant", "event_id", name=op.f("uq_inbox_service_tenant_event_id")
        ),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["conversation", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'leased')"),
        postgresql_where=sa.text("state IN ('waiting', 'leased')"),
    )
    op.create_index(
        "ux_inbox_one_leased",
        "inbox",
        ["conversation"],
        unique=True,
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    )
    op.create_table(
        "local_files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_local_files")),
    )
    op.create_table(
        "local_homes",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_local_homes")),
        sa.UniqueConstraint("revision", name=op.f("uq_local_homes_revision")),
    )
    op.create_table(
        "local_messages",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("conversation", sa.String(length=80), nullable=False),
        sa.Column("thread", SERIAL, nullable=True),
        sa.Column("author", sa.String(length=80), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("delivery_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(text IS NULL) <> (body IS NULL)", name=op.f("ck_local_messages_text_or_body")
        ),
        sa.ForeignKeyConstraint(
            ["thread"], ["local_messages.id"], name=op.f("fk_local_messages_thread_local_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_messages")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_local_messages_delivery_id")),
        sa.UniqueConstraint("revision", name=op.f("uq_local_messages_revision")),
    )
    op.create_index(
        op.f("ix_local_messages_conversation_thread"),
        "local_messages",
        ["conversation", "thread"],
        unique=False,
    )
    op.create_table(
        "local_reads",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("conversation", sa.String(length=80), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "conversation", name=op.f("pk_local_reads")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("conversation", sa.String(length=300), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("of", sa.String(length=300), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_conversation", sa.String(length=100), nullable=True),
        sa.Column("sent_message", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('new', 'update', 'home')", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'leased', 'doubt', 'sent', 'failed', 'cancelled')",
            name=op.f("ck_outbox_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_outbox_delivery_id")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_of", "outbox", ["of"], unique=False)
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["conversation", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'leased', 'doubt')"),
        postgresql_where=sa.text("state IN ('waiting', 'leased', 'doubt')"),
    )
    op.create_table(
        "pace",
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_pace")),
    )
    op.create_table(
        "people",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("ministry", sa.String(length=100), nullable=True),
        sa.Column("declared", sa.Boolean(name="declared"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "published_articles",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("article_id", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_published_articles")),
    )
    op.create_index(
        op.f("ix_published_articles_article_id"), "published_articles", ["article_id"], unique=False
    )
    op.create_table(
        "questions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("ministry", sa.String(length=100), nullable=True),
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("thread", sa.String(length=100), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("articles", sa.Text(), nullable=False),
        sa.Column("others", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('answered', 'clarify', 'not_known')", name=op.f("ck_questions_decision")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'resolved', 'escalated')", name=op.f("ck_questions_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("token", name=op.f("uq_questions_token")),
    )
    op.create_index(
        "ix_questions_asker", "questions", ["account", "conversation", "id"], unique=False
    )
    op.create_table(
        "accounts",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("person_id", SERIAL, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_accounts_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint(
            "service", "tenant", "account", name=op.f("uq_accounts_service_tenant_account")
        ),
    )
    op.create_index(op.f("ix_accounts_person_id"), "accounts", ["person_id"], unique=False)
    op.create_table(
        "file_uses",
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["files.digest"], name=op.f("fk_file_uses_digest_files")
        ),
        sa.PrimaryKeyConstraint("owner", "digest", name=op.f("pk_file_uses")),
    )
    op.create_index(op.f("ix_file_uses_digest"), "file_uses", ["digest"], unique=False)
    op.create_table(
        "inquiries",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("question_id", SERIAL, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_inquiries_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("number", name=op.f("uq_inquiries_number")),
        sa.UniqueConstraint("question_id", name=op.f("uq_inquiries_question_id")),
    )
    op.create_table(
        "person_roles",
        sa.Column("person_id", SERIAL, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('official', 'desk_officer', 'approver', 'deputy_cio', 'administrator')",
            name=op.f("ck_person_roles_role"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_roles")),
    )
    op.create_table(
        "wordings",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("question_id", SERIAL, nullable=False),
        sa.Column("article", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("how IN ('picked', 'resolved')", name=op.f("ck_wordings_how")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_wordings_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordings")),
        sa.UniqueConstraint(
            "question_id", "article", "how", name=op.f("uq_wordings_question_id_article_how")
        ),
    )


def downgrade() -> None:
    op.drop_table("wordings")
    op.drop_table("person_roles")
    op.drop_table("inquiries")
    op.drop_index(op.f("ix_file_uses_digest"), table_name="file_uses")
    op.drop_table("file_uses")
    op.drop_index(op.f("ix_accounts_person_id"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_index("ix_questions_asker", table_name="questions")
    op.drop_table("questions")
    op.drop_index(op.f("ix_published_articles_article_id"), table_name="published_articles")
    op.drop_table("published_articles")
    op.drop_table("people")
    op.drop_table("pace")
    op.drop_index("ix_outbox_open", table_name="outbox")
    op.drop_index("ix_outbox_of", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("local_reads")
    op.drop_index(op.f("ix_local_messages_conversation_thread"), table_name="local_messages")
    op.drop_table("local_messages")
    op.drop_table("local_homes")
    op.drop_table("local_files")
    op.drop_index("ux_inbox_one_leased", table_name="inbox")
    op.drop_index("ix_inbox_open", table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("files")
