namespace Sallyport.Agent.Files;

/// <summary>Text of the job's that is recorded.</summary>
internal static class BoundedText
{
    /// <summary>The first characters, whole ones, without NUL.</summary>
    internal static string Of(string text, int most)
    {
        var length = Math.Min(text.Length, most);
        length -= length > 0 && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        return text[..length].Replace('\0', '\ufffd');
    }
}
