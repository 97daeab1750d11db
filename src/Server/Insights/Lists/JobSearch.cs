using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>Jobs by what names one exactly: its id, run, or the beginning of its commit.</summary>
internal sealed class JobSearch(Database database)
{
    // Fewer digits of a commit fit too many.
    private const int MinimumCommit = 7;

    public Task<List<JobRow>> FindAsync(Viewer viewer, string word, int limit, CancellationToken cancellation)
    {
        var where = Where.Of(viewer, database).With("word", word).With("limit", limit);
        var isCommit = word.Length is >= MinimumCommit and <= 40 && word.All(char.IsAsciiHexDigit);
        where.And(isCommit ? "id = @word OR run_id = @word OR sha LIKE @commit" : "id = @word OR run_id = @word OR name = @word OR runner = @word")
            .With("commit", word.ToLowerInvariant() + "%");
        return database.ListAsync<JobRow>($"SELECT * FROM job {where.Sql} ORDER BY id DESC LIMIT @limit", where.Parameters, cancellation);
    }
}
