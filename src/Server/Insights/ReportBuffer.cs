namespace Sallyport.Server.Insights;

/// <summary>report.json in memory, of <see cref="Reports.MaximumDocumentBytes"/> at most.</summary>
internal sealed class ReportBuffer : MemoryStream
{
    public override void Write(byte[] buffer, int offset, int count)
    {
        Check(count);
        base.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Check(buffer.Length);
        base.Write(buffer);
    }

    private void Check(int count)
    {
        if (Length + count > Reports.MaximumDocumentBytes)
        {
            throw new ReportTooLargeException();
        }
    }
}
