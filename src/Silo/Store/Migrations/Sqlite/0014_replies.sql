-- Of a reply: the model's summary of its thinking, as one text.
alter table messages add column thoughts text;

-- What a message has beside its text, as JSON: of a user's message the attachments; of a reply the decided options (model, thinking,
-- search), the parts that the model sent and their signatures, sources and citations.
alter table messages add column details text;

-- Of a reply: how many messages at the beginning of its branch were not sent to the model. Unknown for replies of earlier versions.
alter table messages add column context_skipped integer;

-- Of a reply: parts of its output and input tokens, and the searches that the model made.
alter table messages add column thought_tokens integer;
alter table messages add column cached_tokens integer;
alter table messages add column search_queries integer;

-- What replies of the room use unless a request says otherwise, as JSON: model, thinking, search.
alter table rooms add column options text;

-- The searches that the model made for replies of this day.
alter table usage add column search_queries integer not null default 0;
alter table former_usage add column search_queries integer not null default 0;
