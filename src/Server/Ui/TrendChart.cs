using System.Globalization;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui;

/// <summary>Bars by day; each is a link to that day's runs.</summary>
/// <param name="Title">What is counted.</param>
/// <param name="Kind">Class that colours it.</param>
/// <param name="Days">In order.</param>
/// <param name="Value">Of a day.</param>
/// <param name="With">Filter of the list behind a bar; null is all.</param>
internal sealed record TrendChart(string Title, string Kind, IReadOnlyList<DayRow> Days, Func<DayRow, long> Value, string? With)
{
    public const int Height = 72;
    public const int Step = 10;

    public long Sum => Days.Sum(Value);

    public Address All => new Address("/runs").With(("days", Days.Count.ToString(CultureInfo.InvariantCulture)), ("with", With));

    public Address Link(DayRow day) => new Address("/runs").With(
        ("day", day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("with", With));

    /// <summary>Of a bar; one that counts anything can be seen.</summary>
    public long HeightOf(DayRow day)
    {
        var most = Math.Max(1, Days.Max(Value));
        return Value(day) == 0 ? 0 : Math.Max(2, Value(day) * Height / most);
    }
}
