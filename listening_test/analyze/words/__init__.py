"""Which word was said: DRT and MRT of ITU-T P.807 and ANSI/ASA S3.2."""
