-- A page has room for a second version of each of its vouchers: those of a batch are used or
-- changed one after the other, many in one transaction, and must not move to another page,
-- where all their index entries would be written anew.
{{postgres}}ALTER TABLE voucher SET (fillfactor = 50);
