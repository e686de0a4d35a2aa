// CellRecords
