"""Questions as files: GIFT, Moodle XML, QTI 2.1 and 3.0, and tables, with what each format can not hold."""
