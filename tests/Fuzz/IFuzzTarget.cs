namespace Sallyport.Fuzz;

/// <summary>Something that reads bytes from outside and must never throw.</summary>
internal interface IFuzzTarget
{
    /// <summary>As <c>--target</c> names it.</summary>
    string Name { get; }

    /// <summary>Inputs to begin with: good ones, that lead deep into the reader.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Words of the format, to be put into inputs.</summary>
    IReadOnlyList<byte[]> Words { get; }

    /// <summary>Before the first input: fails where the target lets everything through, or nothing, and so could not fail.</summary>
    void Prove()
    {
    }

    /// <summary>Reads one input.</summary>
    void Read(ReadOnlySpan<byte> input);
}
