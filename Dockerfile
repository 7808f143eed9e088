# The app on a CPU, the bundled model and the samples inside: docker build -t modgap . && docker run -p 7860:7860 modgap
FROM python:3.12-slim

RUN useradd --create-home --uid 1000 modgap
WORKDIR /app
COPY requirements.txt .
# torch for a CPU alone is a tenth of the size; its own index has it
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-cache-dir --extra-index-url "$TORCH_INDEX" -r requirements.txt
COPY --chown=modgap:modgap pyproject.toml README.md LICENSE app.py ./
COPY --chown=modgap:modgap modgap modgap
COPY --chown=modgap:modgap assets assets
RUN pip install --no-cache-dir --no-deps -e .
USER modgap
ENV GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 GRADIO_ANALYTICS_ENABLED=False
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/health', timeout=4)"]
CMD ["modgap", "serve", "--host", "0.0.0.0", "--port", "7860"]
