create table if not exists goods (
    name text primary key,
    cents integer not null
);

insert into goods values
    ('Darjeeling', 890),
    ('Earl Grey', 650),
    ('Sencha', 720)
on conflict do nothing;

do $$
begin
    if not exists (select from pg_roles where rolname = 'customer') then
        create role customer nologin;
    end if;
end
$$;

grant select on goods to customer;
