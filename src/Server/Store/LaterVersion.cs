namespace Sallyport.Server.Store;

/// <summary>
/// A database that a later version has brought up. It is served all the same: while replicas are brought up one after the other, one that is
/// still to come may be started again. It is no way back, and that is said.
/// </summary>
internal static partial class LaterVersion
{
    /// <summary>Scripts that were run on the database and that this version has not.</summary>
    public static async Task<IReadOnlyList<string>> ScriptsAsync(Database database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenAsync(cancellation);
        return [.. (await Migrator.AppliedAsync(connection, null)).Except(Migrator.Scripts(database.Kind).Select(script => script.Name))];
    }

    /// <summary>Says it, where there are any.</summary>
    public static async Task TellAsync(Database database, ILogger log, CancellationToken cancellation)
    {
        if (await ScriptsAsync(database, cancellation) is { Count: > 0 } later)
        {
            LogLater(log, string.Join(", ", later));
        }
    }

    [LoggerMessage(
        50, LogLevel.Warning,
        "the database is of a later version, which has run {Scripts} on it: this one serves beside that version while servers are brought up, and is no way back; restore a backup for that")]
    private static partial void LogLater(ILogger log, string scripts);
}
