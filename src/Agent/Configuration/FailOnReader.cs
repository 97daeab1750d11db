namespace Sallyport.Agent.Configuration;

/// <summary>Reads the value of <c>--fail-on</c>.</summary>
internal static class FailOnReader
{
    internal const string Accepted = "never, or one or more of refused, finding, new with commas between";

    internal static bool TryParse(string text, out FailOn value)
    {
        value = FailOn.Never;
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var word in words)
        {
            switch (word)
            {
                case "never" when words.Length == 1:
                    break;
                case "refused":
                    value |= FailOn.Refused;
                    break;
                case "finding":
                    value |= FailOn.Finding;
                    break;
                case "new":
                    value |= FailOn.New;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
