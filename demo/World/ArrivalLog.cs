namespace Sallyport.Demo.World;

/// <summary>
/// What the attacker received, one line each: by which way, and the bytes. It is on disk before the sender gets an
/// answer, so that the demonstration can count as soon as its build has ended.
/// </summary>
internal sealed class ArrivalLog(string path) : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter writer = new(path, append: false) { AutoFlush = true };

    internal void Write(string way, string text)
    {
        lock (this.gate)
        {
            this.writer.WriteLine($"{way} {text.ReplaceLineEndings(" ")}");
        }
    }

    public void Dispose() => this.writer.Dispose();
}
