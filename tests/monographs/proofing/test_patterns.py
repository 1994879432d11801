"""Few words: variants that each rule must find, and ordinary sentences that none may."""

import pytest

from monographs.proofing.proof import proof

# Rule -> ways to write what it is about, beside the example of its row.
FOUND = {
    "L01": ["give .25 mg", "take ·5 mg", "dose of.5 mg", "(.5 mL)", "-.5 mg"],
    "L02": [
        "2.0 mL",
        "10.0mg",
        "1.50 g",
        "1.0 to 2 mg",
        "1.0 units",
        "5.0 mcg",
        "2.0-mg tablet",
        "1.0 mg/kg",
        "0.10 mmol",
        "1.0 g/day",
        "4.0 million units",
    ],
    "L03": ["10 μg", "10 µg", "5 mcgs", "5mcg", "20 ug", "5 MCG", "10 µgrams", "Mcg"],
    "L04": ["5ng", "10 ng/kg", "5 ngs"],
    "L05": ["10 u", "4u", "100U/mL", "10 U of insulin", "3 MU"],
    "L06": ["5iu", "10 I.U.", "i.u.", "IUs", "5 MIU", "IU/L"],
    "L07": ["OD", "o.d.", "QD", "q.d.", "qod", "Q.O.D.", "q.o.d", "Od", "o/d", "EOD", "5 mg od"],
    "L08": [
        "TDS",
        "t.d.s.",
        "tid",
        "T.I.D.",
        "qds",
        "QID",
        "PRN",
        "p.r.n.",
        "nocte",
        "Mane",
        "tiw",
        "1 tablet bd",
        "500 mg BD",
        "500 mg b.d.",
        "bds",
        "10 mg bid",
        "give stat",
        "10 mg stat",
        "2 puffs BD",
        "t.i.w.",
        "dose stat",
    ],
    "L09": [
        "x5/7",
        "for 2/52",
        "over 3/12",
        "every 6/52",
        "in 2/52",
        "after 3/7",
        "×5/7",
        "x 7d",
        "for 5-7/7",
        "2/52 course",
        "for 7d",
        "then 3/7",
        "Review 6/52",
    ],
    "L10": ["q8h", "Q6H", "q 4 hours", "q12hrs", "q4-6h", "q24h", "q 6 hourly", "q2w", "Q4 weeks"],
    "L11": ["HS", "h.s.", "hs", "10 mg HS"],
    "L12": ["5cc", "10 cm3", "2 c.c.", "5 CC", "10 cm³"],
    "L13": ["10 mgs", "5 gm", "10ml", "5 mls", "2 hrs", "24-hr", "6 hrly", "30 mins", "5 gms", "10 ML"],
    "L14": ["10mL", "5g", "2units", "500micrograms", "10ml", "70kg", "10mmol"],
    "L15": ["amoxicillin500 mg", "prednisolone5mg", "of5 mg", "warfarin1.5 mg"],
    "L16": ["5 mL. then", "70 kg. give", "10 g. a", "5 mg. 2"],
    "L17": ["10000 units", "1500 mg", "5000 to 10000 units", "2500 mL", "1200mg"],
    "L18": [">60", "≥ 18", "≤5", "< 30", ">= 30", "<.5", "age >65"],
    "L19": ["5 mg @ 8", "2 mg + 3 mg", "1 & 2", "5 mg +2 mg"],
    "L20": ["400 mg/57 mg", "5mg/10mg", "100 micrograms/6 mg", "5 units / 10 units"],
    "L21": ["5–10 mg", "5mg-10mg", "2 - 3 weeks", "4—6 hours", "1-2 tablets", "10-20 mL", "3-5 minutes"],
    "L22": ["0.25 mg", "0.5g", "0.05 mg", "0.5 milligrams"],
    "L23": ["AZT", "HCTZ", "MgSO4", "mtx", "5-FU", "PTU"],
    "L24": ["s.c.", "sc", "SQ", "S/C", "IT", "IJ", "per os", "subq", "subcut", "S.C."],
    "L27": [
        "several months",
        "regularly",
        "Periodically",
        "for a prolonged period",
        "an extended period",
        "some weeks",
        "From time to time",
        "for a long time",
        "prolonged clinical monitoring",
        "at regular intervals",
    ],
    "L28": ["4/7/2026", "04/07/26", "12-01-2026", "4.7.2026", "2026/07/04"],
    "L29": [
        "100% safe",
        "Completely safe",
        "no side-effects",
        "without side effects",
        "free from side effects",
        "totally safe",
        "always safe",
        "safe for everyone",
    ],
    "L30": [
        "TBD",
        "tbc",
        "TODO",
        "??",
        "Lorem ipsum",
        "(to be confirmed)",
        "Dose: to be confirmed",
        "XXX",
        "XX mg",
        "TBA",
    ],
    "L32": ["5\u200b mg", "a\u00adb", "\u202emg", "x\u2066y", "\ufeff5"],
    "L33": [
        "diabetics",
        "suffers from",
        "suffering from",
        "asthmatics",
        "diabetic patients",
        "an epileptic who",
        "stroke victims of",
    ],
    "L34": ["¼", "¾ tablet", "1/2 tablet", "½", "1/4 tablet", "⅓", "2½"],
    "L38": ["2,5 mg", "0,25 mg", "1,50 mL", "0,125 mg", "7,5%", "1,5mg"],
    "L39": ["5 ㎎", "㎖", "㎏", "㏄", "5 ㎜"],
    "L40": ["10 mg OM", "1 tablet ON", "10 mL om", "5 units o.n.", "10mg ON", "25 micrograms ON"],
}


@pytest.mark.parametrize(("rule", "words"), [(rule, words) for rule, found in FOUND.items() for words in found])
def test_a_rule_finds_its_kind_however_it_is_written(rule, words):
    assert rule in {one.rule for one in proof(words)}


ORDINARY = """
The drug is not completely safe.
QD-101 was the name of the trial.
The girl had a karyotype of 47,XXX.
BP 90/52 and 118/52.
EDSS of 3.0 to 5.5, and an INR between 2.0 and 3.0.
TSH above 4 mU/L, and an anti-HBs titre of 10 mIU/mL.
U-100 and U-500 insulin must not be exchanged.
Ca2+ and Na+ channels; K+ 5 mmol/L.
Platelets of 50 x 10^9/L, haemoglobin of 10.0 g/dL.
Methotrexate users need folic acid 5 mg once a week.
Treat as directed by culture results.
Phase 2/3 trials and 1/3 of patients.
An MRI every 3 to 6 months, a 12-lead ECG at 6 hours.
Pneumocystis jirovecii prophylaxis, by NG tube.
After high-dose methotrexate, folinic acid 15 mg is given every 6 hours.
Folic acid 5 mg is taken once a week, on another day than methotrexate.
Methotrexate blocks the enzyme; folic acid 5 mg protects the mouth.
Use only the 2.5 mg strength of methotrexate tablets.
Methotrexate with trimethoprim 200 mg can stop the marrow.
High-dose methotrexate (1 g/m² or more) needs rescue.
Once a week, give methotrexate 10 mg.
Give methotrexate 10 mg once a week, never daily.
It inhibits the JAK/STAT pathway.
JAK1 and STAT3 are phosphorylated; JAK2 STAT5 signalling follows.
Coenzyme Q10 has no proven benefit.
Coenzyme Q10 hours after a meal.
HbA1c 7.0% or more.
Someone answers 24/7.
There is 24/7 cover, and help for 24/7 needs.
BP 120/52 lying, 110/50 standing.
The difference was clear (p < 0.05).
P<0.001 for both.
Less relapse (p value < 0.001; interaction p = 0.4).
Drink as advised, and mention any water tablet you take.
If you take this medicine, drink as advised.
Use contraception as advised in Contraception.
Take precautions as advised by the clinic.
The mutation m.1555A>G makes deafness likelier.
Fig.2 and c.76A>T and p.5 show it.
CAP-IT compared 3 days with 7 days.
Response in 5/7 patients and in 7/12 trials.
hs-CRP and hsTnT rise.
The 22q11 deletion, 17q12 duplication and 5q deletion.
Potassium above 5.0 mmol/L needs a call.
Creatinine of 1.0 mg/dL.
Give e.g. in the morning.
Stop at 5 mg. eGFR falls later.
CD4+ 200 cells and day +28 after transplant.
Ring +44 20 7946 0000.
Write to info@example.org, or see https://example.org/a?b=5mg&c=2.
Licence EU/1/13/869/001 and PL 12345/6789.
Amoxicillin 250 mg/5 mL suspension.
ALT above 3 times the upper limit.
Creatinine clearance below 30 mL/min.
A phase 1/2 trial and HSV-1/2.
The half-life t1/2 is 6 hours; t 1/2 was longer.
Antihypertensives and antipsychotics may add to it.
Alcoholics Anonymous may help.
Tuberculosis (TB) must be excluded.
TBC1D4 is a gene.
The diagnosis has to be confirmed by biopsy.
In 2 U.S. centres and 5 UK centres.
CYP2U1 and CYP2D6 and CYP3A4 metabolise it.
The vitamin B12 level and T4 level.
TNFα and IL-6 rise within 48 hours.
Store below 25 °C in 2026.
1,000 units in 10 mL.
In 1998 people took 2,000 units.
Give it on Monday, at night or in the morning.
Use the ON/OFF switch.
Take 500 mg every 6 hours as required, maximum 4 doses in 24 hours.
Repeat the test when needed.
The dose is 10 mg on day 1.
Myasthenia gravis (MG) in 5 MG patients.
IT systems and the IT department.
Hidradenitis suppurativa (HS) improves.
MS often begins between 20 and 40 years of age.
The odds ratio was 0.5.
Doses of 0.1 mg/kg.
A level of 5 ng/mL.
Levels of 10 ng/L.
It irregularly recurs.
Type 1/2 diabetes.
Cells fell below 0.5 x 10^9/L.
HLA-B*15:02 and CYP2C9*2/*3.
Anti-JCV index of 1.5 or more.
The 3-day course is as good as the 7-day course.
CARE-MS II, Lancet 2012;380(9856):1829-1839.
NICE TA312 and NG220 say so.
95% confidence interval 0.4 to 0.6.
Once daily, at night.
PCSK9 inhibitors and HER2 status.
Omega-3 and vitamin D3.
Factor V Leiden; HIV-1 and HIV-2.
SARS-CoV-2 and COVID-19 vaccines.
Statins, bid prices, do not count.
A stat-of-the-art unit.
Ask why? Then call.
Is it safe? No.
Evidence & guidelines; R&D; hepatitis A & B.
See Dosing and the product SmPC.
Lithium 0.6 to 1.0 mmol/L is the range.
The ratio is 1:10,000.
From 1 in 100 to 1 in 1,000.
Weigh 60 kg or more.
Do it as soon as possible.
Do not use if directed otherwise.
No safe dose is known.
Follow the advice of the clinic as directed.
Body-weight 70 kg. Adults only.
Grade 3/4 toxicity in 12 people.
Class 1/2 recall.
It takes 5 hours.
a 1-hour peak of 5 to 10 mg/L.
On 4 July 2026 it was revised.
Give 2 litres of water a day.
The Q1 and Q3 quartiles.
The half-life is 12.0 hours in adults.
The mean age was 34.0 years.
Four AC cycles were followed by paclitaxel.
In 5 US centres and 3 UK centres.
The 2 MS clinics share one laboratory.
At 5 GMT the samples were frozen.
The UGT1A1 and SULT1A1 genotypes matter.
Undergraduate (UG) teaching is not covered.
The infusion was stopped in 3 of 20 MG patients.
5 Hz stimulation was used.
See Table 2 and Figure 3.
Wear sunscreen and cover up when it is needed for work.
Reduce the dose if needed for renal function.
Ask the pharmacist if needed.
Check the level, and repeat it if necessary.
An on-demand clinic is open on weekdays.
It has been licensed since 1998.
The patient's own words (they fell [sic] twice) were kept.
Options A and B are listed.
Grade 1 and grade 2 events were common.
The pH was 7.40.
The score rose from 2.0 to 4.0.
Blood pressure fell by 10 to 15 mmHg.
Avoid live vaccines for 4 weeks before and 3 months after treatment.
The CHA2DS2-VASc score is 2 or more.
IgG, IgA and IgM fall in the first year.
The T-score is -2.5 or lower.
Anti-CD20 treatment lowers B cells.
Hepatitis B surface antigen (HBsAg) is tested first.
The 5-year survival was 80%.
Vitamin B6 and B12 are water-soluble.
The dose is not known for people with Child-Pugh class C.
An OM infection (otitis media) is treated first.
The MRI was read by two people, on the same day.
Keep the tablet on the tongue.
Turn it on. Then wait.
It is harmless that urine turns orange.
Aspirin + clopidogrel was compared with aspirin alone.
AIDS-defining illness and stroke risk.
Her INR was 2.5 on warfarin.
""".strip().splitlines()


@pytest.mark.parametrize("words", ORDINARY)
def test_an_ordinary_sentence_is_not_hit(words):
    # L31 finds instructions wherever they stand: tests/monographs/proofing/test_sentences.py.
    assert [one.rule for one in proof(words) if one.rule != "L31"] == []
