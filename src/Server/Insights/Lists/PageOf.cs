namespace Sallyport.Server.Insights.Lists;

/// <summary>A piece of a list.</summary>
/// <param name="Rows">At most <see cref="Size"/>.</param>
/// <param name="Next">Key after which the list goes on; null at its end.</param>
internal sealed record PageOf<T>(IReadOnlyList<T> Rows, string? Next)
{
    public const int Size = 50;

    /// <summary>What a query asks for: one more than is shown, which says that there is more.</summary>
    public const int Asked = Size + 1;

    /// <summary>From what a query gave.</summary>
    public static PageOf<T> From(List<T> rows, Func<T, string> key) => rows.Count <= Size
        ? new(rows, null)
        : new(rows.GetRange(0, Size), key(rows[Size - 1]));
}
