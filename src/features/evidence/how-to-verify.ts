/** Goes into every pack; docs/evidence.md says more. Plain ASCII: it is read with whatever there is. */
export const HOW_TO_VERIFY = `How to check that nothing in this pack was changed
====================================================

You need no program of ours. sha256sum comes with Linux; on a Mac say "shasum -a 256" instead, on Windows
"certutil -hashfile FILE SHA256" for one file at a time. Work in the folder into which you have unpacked the ZIP.

1. Every file is as it was packed

       sha256sum --quiet -c SHA256SUMS && echo "every file is as it was packed"

   This names every file that differs. Whoever changes a file can change SHA256SUMS, too, so keep the hash of the ZIP itself
   (sha256sum WO-1042-evidence-2026-11-23.zip) where nobody of the shop can change it: in an e-mail to the other party, with a
   lawyer, or with a time-stamping service.

2. What happened is what the shop's log says

   The shop's program keeps a log in which every entry has a hash: SHA-256 of the hash before it (32 bytes) followed by the entry
   as text. Each file in events/ holds exactly those bytes, so its own hash is the hash of the entry. The files are named
   after the place in the log: events/000412-1.bin is the first entry of change 412.

       sha256sum events/000412-1.bin          the hash that index.html and record.json show for 412-1
       tail -c +33 events/000412-1.bin        what the entry says: shop, change, place, time, person, kind, order, data, ...
       head -c 32 events/000412-1.bin | od -An -tx1    the hash before it

   Between two entries of this work order there are others of the shop, about other customers, which are not yours to
   read. So the pack shows that each entry belongs to its hash, and the shop can show that these hashes are in one unbroken chain:

       npm run verify-log                     in the shop's installation: walks the whole chain, entry by entry

   or, with the shop's database and no program of ours, for one entry (see docs/evidence.md):

       psql -c "select encode(hash, 'hex') from events where shop_id = 1 and version = 412 and seq = 1"

   The head in record.json is the last entry of the shop when the pack was made. A pack that was made earlier, or the hash of any
   entry that somebody outside of the shop has kept, must be found again in the shop's log as it is today. If it is not, the log was
   written anew after that.

   Entries without a file in events/ say something that is the shop's own: what a part cost it, where it was bought, or an internal
   note. Their hashes are listed, so that the shop can show them to whoever may see them.

3. What was shown and agreed to

   Each revision of the estimate has a hash: SHA-256 of its "content" in record.json, written as JSON without spaces and with the
   keys of every object in order:

       python3 -c "import json,hashlib; [print(r['number'], hashlib.sha256(json.dumps(r['content'],sort_keys=True,
       separators=(',',':'),ensure_ascii=False).encode()).hexdigest()==r['sha256'])
       for r in json.load(open('record.json',encoding='utf-8'))['revisions']]"

   Each consent has a hash, too: SHA-256 of all that record.json says of it (but "at", "takenBy", and the hash itself), written in
   the same way. It stands in the entry of the log that tells of the consent, so the chain covers it:

       python3 -c "import json,hashlib; [print(c['sha256'], hashlib.sha256(json.dumps({k:v for k,v in c.items()
       if k not in ('at','takenBy','sha256')},sort_keys=True,separators=(',',':'),ensure_ascii=False).encode()).hexdigest()==c['sha256'])
       for c in json.load(open('record.json',encoding='utf-8'))['consents']]"
       grep -l HASH events/*                  with one of these hashes: the entry that tells of it

   Each consent names its revision and the SHA-256 of every picture that the customer could see; the pictures are in pictures/ under
   those hashes (see SHA256SUMS). "original" is the file as the phone sent it, "customer" the copy that was shown.

What this proves, and what it does not
--------------------------------------
It proves that what is in the pack has not been changed since the pack was made, and, with the shop's log or an earlier pack, that
the log has not been changed since those hashes became known to somebody else. It does not prove that what people wrote down was
true, that the clock of the shop's server was right, that a name that was typed is that of the person who typed it, or that
a shop that controls its own database has not written the whole log anew before anybody outside had a hash of it.
`;
