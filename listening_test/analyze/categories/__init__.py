"""Opinion scales: ACR, DCR and CCR of ITU-T P.800 and P.808."""
