-- What other systems call a business's providers, services and customers.
ALTER TABLE providers ADD COLUMN external_id text;
ALTER TABLE services ADD COLUMN external_id text;
ALTER TABLE customer_keys ADD COLUMN external_id text, ADD CONSTRAINT erased_is_called_nothing
    CHECK (erased_at IS NULL OR external_id IS NULL);
CREATE UNIQUE INDEX providers_by_external_id ON providers (business_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX services_by_external_id ON services (business_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX customers_by_external_id ON customer_keys (business_id, external_id) WHERE external_id IS NOT NULL;
