-- What is personal of a customer is sealed with a key of their own (store/sealing.py); whoever destroys the key has erased them.

-- One row for each customer of a business. `wrapped` is their key under a key of the deployment, which `wrapped_by` names.
CREATE TABLE customer_keys (
    business_id uuid NOT NULL REFERENCES businesses,
    id          uuid NOT NULL,
    email_hash  bytea, -- by which they are found; keyed, so that nobody can try addresses
    wrapped     bytea,
    wrapped_by  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    erased_at   timestamptz,
    PRIMARY KEY (business_id, id),
    CONSTRAINT erased_has_no_key CHECK (
        num_nulls(wrapped, wrapped_by, email_hash) = CASE WHEN erased_at IS NULL THEN 0 ELSE 3 END)
);
CREATE UNIQUE INDEX customer_keys_by_email ON customer_keys (business_id, email_hash);
CREATE INDEX customer_keys_by_wrap ON customer_keys (wrapped_by, business_id, id);

-- The key of a business's look-ups by hash, wrapped alike. It stays when the deployment's key is replaced.
CREATE TABLE business_keys (
    business_id uuid PRIMARY KEY REFERENCES businesses,
    wrapped     bytea NOT NULL,
    wrapped_by  text NOT NULL
);

SELECT keep_apart('customer_keys');
SELECT keep_apart('business_keys');

-- `sealed` holds name, e-mail and phone. A row without it is one from before, or erased where it has no name either.
ALTER TABLE customers
    ALTER COLUMN name DROP NOT NULL,
    ALTER COLUMN email DROP NOT NULL,
    ADD COLUMN key_id       uuid,
    ADD COLUMN sealed       bytea,
    ADD COLUMN email_hash   bytea,
    ADD COLUMN phone_hash   bytea,
    ADD COLUMN details_hash bytea, -- equal for the same name, e-mail and phone
    ADD COLUMN account_hash bytea, -- of the address, alike with every business, for who has shown that it is theirs
    ADD CONSTRAINT sealed_or_plain CHECK (sealed IS NULL OR key_id IS NOT NULL AND num_nonnulls(name, email, phone) = 0),
    ADD FOREIGN KEY (business_id, key_id) REFERENCES customer_keys;
CREATE INDEX customers_by_key ON customers (business_id, key_id, details_hash);
CREATE INDEX customers_by_email_hash ON customers (business_id, email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX customers_by_account_hash ON customers (account_hash, business_id) WHERE account_hash IS NOT NULL;
CREATE INDEX customers_by_phone_hash ON customers (business_id, phone_hash) WHERE phone_hash IS NOT NULL;
CREATE INDEX customers_to_seal ON customers (business_id, id) WHERE name IS NOT NULL;
CREATE INDEX waitlist_entries_by_customer ON waitlist_entries (business_id, customer_id);

-- Whose key a payload is sealed with, where it is; it tells of a customer.
ALTER TABLE webhook_events ADD COLUMN customer_key_id uuid;
