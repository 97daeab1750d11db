namespace Sallyport.Server.Retention;

/// <summary>A table whose rows of one organisation are bounded by number and by age.</summary>
/// <param name="Table">With a column <c>owner</c>.</param>
/// <param name="Key">Its primary key.</param>
/// <param name="Time">Column with the milliseconds since 1970 that age is counted from.</param>
/// <param name="First">Order in which rows go when there are too many.</param>
internal sealed record BoundedList(string Table, string Key, string Time, string First)
{
    /// <summary>What pull requests alone reached goes first: whoever can open one cannot make forgotten what other runs taught.</summary>
    public static readonly BoundedList Destinations = new(
        "destination", "owner, repository, workflow, job_name, protocol, host, port", "last_ms", "CASE WHEN taught_ms IS NULL THEN 0 ELSE 1 END, last_ms");

    /// <summary>What somebody has looked at goes last.</summary>
    public static readonly BoundedList Findings = new("finding", "id", "last_ms", "CASE WHEN status = 'new' THEN 0 ELSE 1 END, last_ms");

    /// <summary>What strangers can write goes first.</summary>
    public static readonly BoundedList Audit = new("audit", "id", "at_ms", "CASE WHEN action = 'account.sign-in-refused' THEN 0 ELSE 1 END, at_ms, id");
}
