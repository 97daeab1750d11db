namespace Sallyport.Server.Backup;

/// <summary>The last entry of a backup, <c>end.json</c>: without it the file is not whole.</summary>
/// <param name="Rows">Of all tables.</param>
/// <param name="Objects">Recordings, segments, reports.</param>
/// <param name="ObjectBytes">Of these.</param>
internal sealed record BackupTotals(long Rows, long Objects, long ObjectBytes);
