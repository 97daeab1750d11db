namespace Sallyport.Server.Search;

/// <summary>The SQL of a search. What a person typed is a parameter, and nothing else.</summary>
internal static class EventSql
{
    /// <summary>Name of the parameter.</summary>
    public const string Value = "value";

    // Without ".parquet" what has no fold is the earlier, as in EventSearch.
    private const int Suffix = 8;

    private const string Actor = "\"actor.process.file.path\"";
    private const string ActorCommand = "\"actor.process.cmd_line\"";

    /// <summary>The query over files; a row is a file that has it: a job has two while it is folded again.</summary>
    /// <param name="globs">Made by the server of encoded names.</param>
    /// <param name="limit">Rows.</param>
    /// <param name="value">What the parameter must be.</param>
    public static string Of(EventQuery query, IEnumerable<string> globs, int limit, out string value)
    {
        var files = string.Join(", ", globs.Select(Quote));
        var (condition, program, command, target) = Of(query, out value);
        return $"""
            SELECT "{EventColumns.Job}" AS job, SUM("count")::BIGINT AS matches, MIN("time") AS first, MAX("time") AS last,
                ARG_MIN("unmapped.step", "time") AS step, ARG_MIN({program}, "time") AS program,
                ARG_MIN({command}, "time") AS command, ARG_MIN({target}, "time") AS target,
                COALESCE(BOOL_OR("disposition_id" = 2), false) AS refused, "filename" AS file
            FROM read_parquet([{files}], hive_partitioning = false, filename = true)
            WHERE {condition}
            GROUP BY "{EventColumns.Job}", "filename" ORDER BY 1 DESC, LEFT("filename", LENGTH("filename") - {Suffix}) DESC LIMIT {limit}
            """;
    }

    private static (string Condition, string Program, string Command, string Target) Of(EventQuery query, out string value)
    {
        const string Program = "\"process.file.path\"";
        const string Command = "\"process.cmd_line\"";
        value = query.Value;
        switch (query.Subject)
        {
            case EventSubject.Hash:
                value = value.ToLowerInvariant();
                return ($"\"process.file.hashes.sha256\" = ${Value}", Program, Command, "NULL::VARCHAR");
            case EventSubject.Program when value.Contains('/', StringComparison.Ordinal):
                return ($"\"class_uid\" = {OcsfClass.ProcessActivity} AND {Program} = ${Value}", Program, Command, "NULL::VARCHAR");
            case EventSubject.Program:
                value = $"/{value}";
                return ($"\"class_uid\" = {OcsfClass.ProcessActivity} AND ENDS_WITH({Program}, ${Value})", Program, Command, "NULL::VARCHAR");
            case EventSubject.Destination:
                const string Host = "\"dst_endpoint.hostname\"";
                const string Address = "\"dst_endpoint.ip\"";
                return (
                    $"\"class_uid\" = {OcsfClass.NetworkActivity} AND ({Domain(Host, ref value)} OR {Address} = ${Value})",
                    Actor, ActorCommand, $"COALESCE({Host}, {Address})");
            case EventSubject.Name:
                const string Asked = "\"query.hostname\"";
                return ($"\"class_uid\" = {OcsfClass.DnsActivity} AND {Domain(Asked, ref value)}", Actor, ActorCommand, Asked);
            default:
                const string File = "\"file.path\"";
                var compared = value.EndsWith('/') ? $"STARTS_WITH({File}, ${Value})" : $"{File} = ${Value}";
                return ($"\"class_uid\" = {OcsfClass.FileSystemActivity} AND {compared}", Actor, ActorCommand, File);
        }
    }

    // *.example.com is what ends in .example.com.
    private static string Domain(string column, ref string value)
    {
        value = value.ToLowerInvariant().TrimEnd('.');
        if (!value.StartsWith("*.", StringComparison.Ordinal))
        {
            return $"{column} = ${Value}";
        }

        value = value[1..];
        return $"ENDS_WITH({column}, ${Value})";
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
